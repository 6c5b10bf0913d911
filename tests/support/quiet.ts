/** The environment of a bot that does nothing by itself, whatever the time of day is: only what the test asks of it. */
export const quiet = { BACKUP_SCHEDULE: 'off', BACKUP_AFTER_CHANGES: 'false', INTEGRITY_SCHEDULE: 'off' } as const;

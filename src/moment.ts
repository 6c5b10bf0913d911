/** Whether it can be shown as a time: https://tc39.es/ecma262/#sec-time-values-and-time-range */
export const isMoment = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= 8.64e15;

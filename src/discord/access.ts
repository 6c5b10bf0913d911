import type { Access } from './request.ts';

/** What Discord says of a person in the payload itself; no privileged intent is needed for it. */
export interface Person {
  readonly userId: string;
  readonly guildId: string;
  readonly roleIds: readonly string[];
  readonly managesServer: boolean;
}

const RANK: Readonly<Record<Access, number>> = { everyone: 0, moderator: 1, operator: 2 };

export function allows(level: Access, needed: Access): boolean {
  return RANK[level] >= RANK[needed];
}

export interface AccessRules {
  readonly moderatorRoleIds: readonly string[];
  readonly operatorUserIds: readonly string[];
  /** The application's owner or owners; known once the bot is logged in. */
  ownerIds(): readonly string[];
  /** The guild of those who run the bot; null where there are several and none was named. */
  homeGuildId(): string | null;
}

/** The level of a person in the guild where they are now. */
export function createAccess(rules: AccessRules): (person: Person) => Access {
  return (person) => {
    if (rules.operatorUserIds.includes(person.userId) || rules.ownerIds().includes(person.userId)) return 'operator';
    const moderates = person.managesServer || person.roleIds.some((roleId) => rules.moderatorRoleIds.includes(roleId));
    if (!moderates) return 'everyone';
    return person.guildId === rules.homeGuildId() ? 'operator' : 'moderator';
  };
}

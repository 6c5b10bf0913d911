import { Type, type TSchema } from 'typebox';
import { wordsIn, type Words } from '../../errors.ts';

export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' });
export const Bytes = Type.Integer({ minimum: 0 });
export const Milliseconds = Type.Number({ minimum: 0 });

/** Beyond 32 bits nothing lies, and the database does not take every number. */
export const Offset = Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 });

/** A body or query in which nothing else may stand: a misspelt option is refused rather than ignored. */
export const exactly = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

/** Yes or no. Without a `type` nothing is made to fit: null and 0 would be taken for a no that nobody said. */
export const Flag = (description?: string) =>
  Type.Unsafe<boolean>({ enum: [true, false], ...(description === undefined ? {} : { description }) });

export const BackupName = Type.String({
  pattern: String.raw`^nescordbot_backup_\d{8}_\d{6}(_\d{1,4})?$`,
  maxLength: 60,
  examples: ['nescordbot_backup_20261121_093005'],
});

export const GuildId = Type.String({ pattern: String.raw`^\d{17,20}$`, description: "A server's Discord id" });

/** For a page that speaks the reader's language. */
export const BothWords = Type.Object({ en: Type.String(), ja: Type.String() });

export const ProblemBody = Type.Object(
  {
    type: Type.String({ description: '`urn:problem-type:nescordbot:SLUG`; programs tell problems by it' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What happened and what to do about it' }),
    words: Type.Optional(BothWords),
    running: Type.Optional(Type.Unknown()),
    href: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
);

/** What any route may answer with in place of what was asked for. */
export const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemBody } },
});

export const bothOf = (words: Words): { en: string; ja: string } => ({
  en: wordsIn('en', words),
  ja: wordsIn('ja', words),
});

export const iso = (at: number): string => new Date(at).toISOString();
export const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

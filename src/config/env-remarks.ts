import { readEnvLines, type EnvLine } from './env-lines.ts';
import { VARIABLE_NAMES, type Environment } from './environment.ts';
import { isKnown, nearestVariable } from './known-names.ts';
import { isPhrase } from './mask.ts';
import { variables, type VariableName } from './variables.ts';

interface Remarks {
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

/** @param isOverruled whether the environment has the variable already, so that the file's line counts for nothing */
export function remarksOn(content: string, file: string, isOverruled: (name: string) => boolean): Remarks {
  const problems: string[] = [];
  const notices: string[] = [];
  const strangers: EnvLine[] = [];
  const seen = new Map<string, number>();
  for (const line of readEnvLines(content)) {
    const where = `${file} line ${line.number}`;
    const name = VARIABLE_NAMES.find((known) => known === line.name);
    if (name !== undefined) {
      if (isOverruled(name)) continue;
      const before = seen.get(name);
      if (before !== undefined) notices.push(`${where}: ${name} stands on line ${before}, too; this one counts.`);
      if (line.kind === 'assignment') seen.set(name, line.number);
      const isSecret = 'secret' in variables[name];
      const words = line.kind === 'ignored' ? notAssigned(name) : faultWords(line, name, isSecret);
      if (words !== null) (isSecret ? problems : notices).push(`${where}: ${words}`);
    } else if (line.name === null || !isKnown(line.name)) {
      const near = line.name === null ? null : nearestVariable(line.name);
      if (near !== null) notices.push(`${where}: ${unknown(line.name ?? '')}; did you mean ${near}?`);
      else if (line.kind === 'assignment') strangers.push(line);
      else notices.push(`${where} is no NAME=value, and is ignored. Before a comment there must be a #.`);
    }
  }
  if (strangers.length > 0) notices.push(strangersWords(strangers, file));
  return { problems, notices };
}

/** The same of the environment itself, where no file says what was meant for the bot: what is nearly a variable. */
export function misspelt(environment: Environment, fromFile: ReadonlySet<string>): string[] {
  return Object.keys(environment).flatMap((name) => {
    // Of four letters, too many words are near.
    if (fromFile.has(name) || isKnown(name) || name.length < 5) return [];
    const near = nearestVariable(name);
    return near === null || environment[near] !== undefined
      ? []
      : [`The environment has ${name}: ${unknown(name)}; did you mean ${near}?`];
  });
}

const unknown = (name: string): string => `there is no variable ${name}, so that it does nothing`;

const notAssigned = (name: string): string =>
  `this is no NAME=value, so that ${name} is not set by it. Write ${name}=… with an equals sign.`;

function strangersWords(lines: readonly EnvLine[], file: string): string {
  const listed = lines.map(({ name, number }) => `${shownName(name)} (line ${number})`).join(', ');
  return `${file}: NescordBot has no variable ${listed}. What is for another program may stay; .env.example has every variable.`;
}

/** A line of a key that goes over several has an equals sign at its end, too, and must not reach the log. */
const shownName = (name: string | null): string =>
  /^(?:set |\$env:)?(?:[A-Z][A-Z0-9_]{0,39}|[a-z][a-z0-9_]{0,39})$/.test(name ?? '')
    ? (name ?? '')
    : '(its name is not shown)';

/** Null where nothing is wrong, or where it is plainly a comment: `PORT=3000 # the default`. */
function faultWords(
  { fault, quote }: EnvLine & { kind: 'assignment' },
  name: VariableName,
  isSecret: boolean,
): string | null {
  if (fault === null || (fault.kind === 'cut' && fault.isComment && !isPhrase(name))) return null;
  const whole = `${name}=${quote}…${quote}`;
  const before = isSecret ? ` Until now only the part that was read was in force.${copiesWords(name)}` : '';
  if (fault.kind === 'cut') {
    const remedy = `Put the whole value in quotation marks: ${whole}; a comment goes on a line of its own.`;
    return `${name} is cut off at the "#", because no quotation marks are around it. ${remedy}${before}`;
  }
  if (fault.kind === 'trailing') {
    return `${name} ends at its second quotation mark; what follows is ignored. Put one kind around the whole: ${whole}.${before}`;
  }
  const swallowed =
    fault.linesBelow === 0 ? 'so that the mark became part of it' : 'so that it goes on in the lines below';
  const was = isSecret ? ` Until now it was in force like that.${copiesWords(name)}` : '';
  return `the quotation mark before the value of ${name} is not closed, ${swallowed}. Close it: ${whole}.${was}`;
}

const copiesWords = (name: VariableName): string =>
  isPhrase(name) ? ' Backups that were encrypted with that still open: it is tried, too.' : '';

const ENDINGS = ['edly', 'ing', 'ies', 'ely', 'ion', 'ed', 'es', 'ly', 's', 'e', 'y'];

/** What inflected English words have in common: `deleting`, `deletes` and `deletion` are all `delet`. Others stay. */
export function stem(word: string): string {
  if (!/^[a-z]{4,}$/.test(word)) return word;
  return shorter(shorter(word)).replace(/([bdfgmnprt])\1$/, '$1');
}

function shorter(word: string): string {
  // `reply` does not end in -ly.
  const ending = ENDINGS.find((end) => word.endsWith(end) && word.length - end.length >= (end === 'ly' ? 4 : 3));
  return ending === undefined ? word : word.slice(0, -ending.length);
}

const ENDINGS = /(?:ing|edly|ed|ies|es|s|ely|ly|ion|e|y)$/;

/** What inflected English words have in common: `deleting`, `deletes` and `deletion` are all `delet`. Others stay. */
export function stem(word: string): string {
  if (!/^[a-z]{4,}$/.test(word)) return word;
  const once = shorter(word);
  const twice = shorter(once);
  return twice.replace(/([bdfgmnprt])\1$/, '$1');
}

function shorter(word: string): string {
  const short = word.replace(ENDINGS, '');
  return short.length >= 3 ? short : word;
}

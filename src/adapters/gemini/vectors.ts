import { AppError } from '../../errors.ts';
import { words } from './words.ts';

/**
 * Checks and normalises what the API returned: models give unit vectors at their full size only, and after cutting to
 * fewer dimensions the length has to be made 1 again.
 * @throws AppError `unavailable` when a vector is missing, of other dimensions, zero or not finite
 */
export function unitVectors(
  embeddings: readonly { readonly values?: readonly number[] }[] | undefined,
  count: number,
  dimensions: number,
): Float32Array[] {
  if (embeddings?.length !== count) throw garbled(`${embeddings?.length ?? 0} vectors for ${count} texts`);
  return embeddings.map(({ values }) => {
    if (values?.length !== dimensions) throw garbled(`${values?.length ?? 0} dimensions instead of ${dimensions}`);
    const vector = Float32Array.from(values);
    const length = Math.hypot(...vector);
    if (!Number.isFinite(length) || length === 0) throw garbled('a vector that is zero or not finite');
    return vector.map((value) => value / length);
  });
}

function garbled(what: string): AppError {
  return new AppError('unavailable', words.garbled, { cause: new Error(`The embedding reply has ${what}.`) });
}

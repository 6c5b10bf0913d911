import type { UploadResult } from '../../../client-protocol.ts';
import type { Page } from '../page.ts';
import { paths } from '../paths.ts';
import { t } from '../texts.ts';

const MAX_FILE_BYTES = 10_000_000;

/** Sends a file to the server; null when it was refused, which the person was then told. */
export async function upload(page: Page, file: File): Promise<UploadResult | null> {
  const fail = (reason: string) => {
    page.notice(t('uploadFailed', { name: file.name, reason }));
    return null;
  };
  if (file.size > MAX_FILE_BYTES) return fail(t('fileTooLarge'));
  const form = new FormData();
  form.append('file', file, file.name);
  try {
    const response = await fetch(paths.uploads, { method: 'POST', body: form });
    if (response.ok) return (await response.json()) as UploadResult;
    const refusal = (await response.json().catch(() => null)) as { message?: unknown } | null;
    return fail(typeof refusal?.message === 'string' ? refusal.message : `HTTP ${response.status}`);
  } catch {
    return fail(t('reconnecting'));
  }
}

/** The system's file chooser. Resolves with nothing when it was cancelled. */
export function chooseFile(): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.addEventListener('change', () => resolve(input.files?.[0] ?? null));
    input.addEventListener('cancel', () => resolve(null));
    input.click();
  });
}

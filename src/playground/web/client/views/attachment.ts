import type { ClientAttachment } from '../../../client-state.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import { t } from '../texts.ts';

export function attachmentView(file: ClientAttachment): HTMLElement {
  if (/^image\/(png|jpeg|gif|webp)$/.test(file.contentType)) {
    return h(
      'a',
      { class: 'attachment-image', href: file.url, target: '_blank', rel: 'noopener' },
      h('img', { src: file.url, alt: file.filename, loading: 'lazy' }),
    );
  }
  return h(
    'div',
    { class: 'attachment' },
    icon('file', 30),
    h(
      'div',
      { class: 'attachment-name' },
      h('a', { href: file.url, target: '_blank', rel: 'noopener' }, file.filename),
      h('span', {}, formatSize(file.sizeBytes)),
    ),
    h(
      'a',
      {
        class: 'icon-button',
        href: file.url,
        download: file.filename,
        'aria-label': `${t('download')} ${file.filename}`,
      },
      icon('download'),
    ),
  );
}

export function formatSize(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} B`;
  return sizeBytes < 1_000_000 ? `${(sizeBytes / 1000).toFixed(1)} KB` : `${(sizeBytes / 1_000_000).toFixed(1)} MB`;
}

import type { UploadResult } from '../../../client-protocol.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Page } from '../page.ts';
import { t } from '../texts.ts';
import { formatSize } from '../views/attachment.ts';
import { upload } from './upload.ts';

/** Files waiting to go out with the next message. */
export function fileTray(page: Page) {
  const element = h('ul', { class: 'file-tray', hidden: true });
  let files: readonly UploadResult[] = [];

  function draw(): void {
    element.hidden = files.length === 0;
    element.replaceChildren(
      ...files.map((file) =>
        h(
          'li',
          {},
          icon('file', 24),
          h(
            'span',
            { class: 'attachment-name' },
            h('span', {}, file.attachment.filename),
            h('span', {}, formatSize(file.attachment.sizeBytes)),
          ),
          h(
            'button',
            {
              class: 'icon-button',
              type: 'button',
              'aria-label': t('removeFile', { name: file.attachment.filename }),
              on: {
                click: () => {
                  files = files.filter((other) => other !== file);
                  draw();
                },
              },
            },
            icon('trash', 18),
          ),
        ),
      ),
    );
  }

  return {
    element,
    ids: () => files.map(({ uploadId }) => uploadId),
    async add(file: File): Promise<void> {
      const sent = await upload(page, file);
      if (sent) files = [...files, sent];
      draw();
    },
    clear(): void {
      files = [];
      draw();
    },
  };
}

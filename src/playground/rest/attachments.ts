import type { MessageBody } from '../limits/message.ts';
import type { NewFile } from '../state/files.ts';
import type { Message, StoredFile } from '../state/model.ts';
import type { World } from '../state/world.ts';

/** The files of a new message, with the descriptions its `attachments` give them. */
export function newFiles(
  world: World,
  body: Pick<MessageBody, 'attachments'>,
  files: ReadonlyMap<string, NewFile>,
): readonly StoredFile[] {
  return [...files].map(([index, file]) => {
    const listed = body.attachments?.find(({ id }) => id === index);
    return world.files.put({ ...file, description: listed?.description ?? null });
  });
}

/** The files of an edited message: those that `attachments` lists stay (all, when it lists none), new ones follow. */
export function editedFiles(
  world: World,
  message: Message,
  body: Pick<MessageBody, 'attachments'>,
  files: ReadonlyMap<string, NewFile>,
): readonly StoredFile[] {
  const kept = message.files.filter(({ id }) => body.attachments?.some((one) => one.id === id) ?? true);
  return [...kept, ...newFiles(world, body, files)];
}

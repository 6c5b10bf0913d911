import { onTwoVolumes } from './bundle.ts';
import { startContainer } from './container.ts';
import type { Image } from './image.ts';
import { ask } from './lesson.ts';
import { refusal } from './refusals.ts';
import type { Report } from './report.ts';
import { stop } from './stop.ts';
import type { Home, Volumes } from './volumes.ts';

/** What hosts do to a bot that has been taught: an overlap, a volume that comes up empty, none at all. */
export async function checkSurprises(image: Image, home: Home, volumes: Volumes, report: Report): Promise<void> {
  await report.check('two containers for a moment', async () => {
    await using first = await startContainer(image, onTwoVolumes(home));
    await first.ready();
    await using second = await startContainer(image, onTwoVolumes(home));
    const line = await second.says(/Another NescordBot is running on \/app\/data\/nescordbot\.db; waiting up to 60 s/);
    await stop(first);
    await second.ready();
    const answer = await ask(second.origin);
    await stop(second);
    return `“${line}”; then ${answer}`;
  });
  await report.check('the volume of the index comes up empty', async () => {
    const index = await volumes.create('empty-index');
    await using container = await startContainer(image, onTwoVolumes({ ...home, index }));
    await container.ready();
    const line = await container.says(/The index in \S+ came up empty and is made anew/);
    const answer = await ask(container.origin);
    await stop(container);
    return `“${line}”; ${answer}`;
  });
  await report.check('the volume of the data comes up empty', async () => {
    const options = onTwoVolumes({ ...home, data: await volumes.create('empty-data') });
    return refusal(image, options, /There is no database at \S+, but there are traces of an earlier one/);
  });
  await report.check('no volume', async () => {
    await using container = await startContainer(image);
    await container.ready();
    const line = await container.says(/Data in \/app\/data is not on a volume and will be lost at the next deploy/);
    await stop(container);
    return `starts, and warns: “${line}”`;
  });
}

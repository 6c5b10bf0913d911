import { command } from './command.ts';

/** What the image says of itself. */
export interface Image {
  readonly name: string;
  readonly sizeBytes: number;
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly user: string;
  readonly declaresVolumes: boolean;
}

interface Inspected {
  readonly Docker: {
    readonly config: {
      readonly Env: readonly string[];
      readonly Entrypoint: readonly string[];
      readonly Cmd: readonly string[];
      /** `CMD`, then the words. */
      readonly Healthcheck?: { readonly Test: readonly string[] };
      readonly Labels: Readonly<Record<string, string>>;
      readonly WorkingDir: string;
      readonly User: string;
      readonly Volumes: Readonly<Record<string, unknown>> | null;
    };
  };
}

export async function inspectImage(name: string): Promise<Image> {
  const { Docker } = JSON.parse(await command('buildah', ['inspect', '--type', 'image', name])) as Inspected;
  const { config } = Docker;
  return {
    name,
    sizeBytes: await sizeOf(name),
    environment: config.Env,
    entrypoint: config.Entrypoint,
    command: config.Cmd,
    healthcheck: config.Healthcheck?.Test.slice(1) ?? [],
    labels: config.Labels,
    folder: config.WorkingDir,
    user: config.User,
    declaresVolumes: Object.keys(config.Volumes ?? {}).length > 0,
  };
}

/** Unpacked; counted, as what tools say depends on how they store it. */
async function sizeOf(name: string): Promise<number> {
  const container = await command('buildah', ['from', '--pull-never', name]);
  try {
    const root = await command('buildah', ['mount', container]);
    const [kibibytes = ''] = (await command('du', ['-skx', root])).split('\t');
    return Number(kibibytes) * 1024;
  } finally {
    await command('buildah', ['rm', container]);
  }
}

import type { Mount } from './mounts.ts';
import { mountOf } from './mounts.ts';

/** What can be seen of the place where the program runs. */
export interface Machine {
  /** Null where the system does not tell. */
  readonly mounts: readonly Mount[] | null;
  /** `/.dockerenv` (Docker) or `/run/.containerenv` (Podman) is there. */
  readonly hasContainerFile: boolean;
  /** The text of `/proc/1/cgroup`, empty where there is none. */
  readonly cgroup: string;
}

export type Host = 'railway' | 'kubernetes' | 'container' | 'machine';

/** Layers of an image with a writable one on top, which goes with the container. */
const LAYERED = new Set(['overlay', 'aufs', 'fuse-overlayfs', 'overlayfs']);

export const isLayered = ({ type }: Mount): boolean => LAYERED.has(type);

/**
 * Whether what is written beside the volumes is lost when the program is deployed again. Containers that are machines
 * (LXC, systemd-nspawn) keep their root, and are none here.
 */
export function hostOf(platform: 'railway' | 'kubernetes' | null, machine: Machine): Host {
  if (platform !== null) return platform;
  const root = machine.mounts === null ? null : mountOf(machine.mounts, '/');
  const isContainer =
    machine.hasContainerFile ||
    /\/docker\/|\/kubepods|(docker|libpod|containerd|crio)-[\da-f]{2,}/.test(machine.cgroup) ||
    (root !== null && isLayered(root));
  return isContainer ? 'container' : 'machine';
}

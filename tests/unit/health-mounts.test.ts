import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostOf, type Host } from '../../src/health/machine.ts';
import { isWithin, mountOf, parseMounts } from '../../src/health/mounts.ts';
import { placeOf } from '../../src/health/place.ts';
import type { FolderPlace } from '../../src/health/ports.ts';

/** As systems of these kinds have it; lines that play no part are left out. */
const samples = {
  docker: `
611 540 0:52 / / rw,relatime master:201 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/AB:/var/lib/docker/overlay2/l/CD,upperdir=/var/lib/docker/overlay2/ef/diff,workdir=/var/lib/docker/overlay2/ef/work
612 611 0:55 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
613 611 0:56 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
617 611 0:54 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs shm rw,size=65536k
620 611 254:1 /var/lib/docker/volumes/nescordbot-data/_data /app/data rw,relatime master:1 - ext4 /dev/vda1 rw,discard,errors=remount-ro
621 611 254:1 /home/mika/index /app/chromadb_data rw,relatime - ext4 /dev/vda1 rw
622 611 254:1 /var/lib/docker/containers/0a/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/vda1 rw
623 611 0:60 / /app/data/cache rw,relatime - tmpfs tmpfs rw`,
  dockerWithoutVolume: `
611 540 0:52 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w
622 611 254:1 /var/lib/docker/containers/0a/hosts /etc/hosts rw,relatime - ext4 /dev/vda1 rw`,
  railway: `
1325 1204 0:338 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/containers/l,upperdir=/var/lib/containers/u,workdir=/var/lib/containers/w
1341 1325 230:4512 / /app/data rw,relatime - ext4 /dev/zd4512 rw,stripe=2`,
  podmanRootless: `
700 650 0:48 / / rw,relatime - fuse-overlayfs fuse-overlayfs rw,user_id=0,group_id=0
711 700 259:2 /home/mika/.local/share/containers/storage/volumes/bot/_data /app/data rw,nosuid,nodev,relatime - xfs /dev/nvme0n1p2 rw`,
  server: `
22 27 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
33 27 0:29 / /run rw,nosuid,nodev shared:5 - tmpfs tmpfs rw,size=401356k,mode=755
44 27 0:38 / /tmp rw,nosuid,nodev shared:20 - tmpfs tmpfs rw
45 27 0:39 / /mnt/nas rw,relatime shared:21 - nfs4 nas.local:/export/bot\\040data rw,vers=4.2`,
  lxc: `
477 380 0:49 /subvol-101-disk-0 / rw,relatime shared:250 master:90 - zfs rpool/data/subvol-101-disk-0 rw,xattr,posixacl
480 477 0:63 / /proc rw,nosuid,nodev,noexec,relatime shared:252 - proc proc rw`,
  btrfs: `
30 1 0:26 /@ / rw,relatime shared:1 - btrfs /dev/sda2 rw,ssd,subvolid=256,subvol=/@
56 30 0:26 /@home /home rw,relatime shared:29 - btrfs /dev/sda2 rw,ssd,subvolid=257,subvol=/@home`,
  escaped: `
27 1 254:0 / / rw - ext4 /dev/vda1 rw
46 27 254:3 / /srv/my\\040bot\\134s\\011data rw,relatime - ext4 /dev/vdb1 rw`,
} as const;

const mountPoint = (sample: keyof typeof samples, path: string) => {
  const mount = mountOf(parseMounts(samples[sample]), path);
  return mount === null ? null : `${mount.point} ${mount.type}`;
};

test('the mount of a path is the deepest one above it, in whatever order and with whatever optional fields they come', () => {
  assert.equal(mountPoint('docker', '/app/data/nescordbot.db'), '/app/data ext4');
  assert.equal(mountPoint('docker', '/app/data/cache/x'), '/app/data/cache tmpfs');
  assert.equal(mountPoint('docker', '/app/database'), '/ overlay');
  assert.equal(mountPoint('server', '/mnt/nas/bot'), '/mnt/nas nfs4');
  assert.equal(mountPoint('server', '/srv'), '/ ext4');
  assert.equal(mountPoint('btrfs', '/home/bot/data'), '/home btrfs');
  assert.equal(mountPoint('lxc', '/app/data'), '/ zfs');
});

test('spaces, tabs and backslashes in names are written in octal, and read back', () => {
  assert.equal(mountPoint('escaped', '/srv/my bot\\s\tdata/x'), '/srv/my bot\\s\tdata ext4');
  assert.equal(parseMounts(samples.server).at(-1)?.source, 'nas.local:/export/bot data');
});

test('of two mounts on one point the later one counts, and lines without sense count for nothing', () => {
  const twice =
    '27 1 8:1 / / rw - ext4 /dev/sda1 rw\n50 27 8:2 / /data rw - ext4 /dev/sdb1 rw\n51 50 0:9 / /data rw - tmpfs tmpfs rw';
  assert.equal(mountOf(parseMounts(twice), '/data')?.type, 'tmpfs');
  assert.deepEqual(parseMounts('\nnonsense\n1 2 3:4 / /x rw\n'), []);
  assert.equal(mountOf([], '/data'), null);
});

test('a folder is within itself and above what is below it, and not above what only begins like it', () => {
  assert.ok(isWithin('/app', '/app') && isWithin('/app', '/app/data') && isWithin('/', '/app'));
  assert.ok(!isWithin('/app', '/apple') && !isWithin('/app/data', '/app'));
});

test('containers that are deployed anew are told from machines, those that are called containers included', () => {
  const host = (sample: keyof typeof samples, hasContainerFile = false, cgroup = '') =>
    hostOf(null, { mounts: parseMounts(samples[sample]), hasContainerFile, cgroup });
  assert.equal(host('docker'), 'container', 'its root is an overlay');
  assert.equal(host('podmanRootless'), 'container');
  assert.equal(host('server'), 'machine');
  assert.equal(host('btrfs', true), 'container', 'Docker with the btrfs storage driver');
  assert.equal(host('server', false, '12:pids:/docker/0a1b\n'), 'container');
  assert.equal(
    host('server', false, '0::/kubepods.slice/kubepods-besteffort.slice/cri-containerd-0a.scope'),
    'container',
  );
  assert.equal(host('lxc', false, '0::/lxc/101/ns'), 'machine', 'LXC keeps its root');
  assert.equal(host('server', false, '0::/system.slice/docker-nescordbot-notes.service/x'), 'machine');
  assert.equal(hostOf('railway', { mounts: null, hasContainerFile: false, cgroup: '' }), 'railway');
});

test('each folder is where it is', () => {
  const cases: readonly (readonly [keyof typeof samples | null, Host, string, string | null, FolderPlace])[] = [
    ['docker', 'container', '/app/data', null, 'volume'],
    ['docker', 'container', '/app/data/chromadb', null, 'volume'],
    ['docker', 'container', '/app/chromadb_data', null, 'volume'],
    ['docker', 'container', '/app/data/cache', null, 'memory'],
    ['docker', 'container', '/app/elsewhere', null, 'container'],
    ['dockerWithoutVolume', 'container', '/app/data', null, 'container'],
    ['railway', 'railway', '/app/data', '/app/data', 'volume'],
    ['railway', 'railway', '/app/data', null, 'volume'],
    ['railway', 'railway', '/data', '/app/data', 'container'],
    ['dockerWithoutVolume', 'railway', '/app/data', null, 'container'],
    ['dockerWithoutVolume', 'railway', '/app/data/chromadb', '/app/data', 'container'],
    [null, 'railway', '/app/data/chromadb', '/app/data', 'volume'],
    ['podmanRootless', 'container', '/app/data', null, 'volume'],
    ['podmanRootless', 'kubernetes', '/data', null, 'container'],
    ['server', 'machine', '/srv/bot', null, 'disk'],
    ['server', 'machine', '/tmp/bot', null, 'memory'],
    ['lxc', 'machine', '/srv/bot', null, 'disk'],
    [null, 'machine', '/Users/mika/bot', null, 'unknown'],
    [null, 'container', '/app/data', null, 'unknown'],
    [null, 'railway', '/app/data', null, 'container'],
  ];
  for (const [sample, host, path, railwayVolume, expected] of cases) {
    const mounts = sample === null ? null : parseMounts(samples[sample]);
    const found = placeOf(path, { host, machine: { mounts }, railwayVolume });
    assert.equal(found, expected, `${path} on ${sample ?? 'a system that does not tell'} as ${host}`);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRailwayContext, indexGraph, project, validateGraph, type RailwayGraph } from 'railway/iac';
import type { BuildConfig, DeployConfig, ProjectDefinition, ResourceNode, ServiceNode } from 'railway/iac';
import program from '../../.railway/railway.ts';
import railwayJson from '../../railway.json' with { type: 'json' };
import { variables } from '../../src/config/variables.ts';

/** As https://docs.railway.com/config-as-code/reference has them; the compiler compares them with Railway's own types. */
const BUILD_KEYS = [
  'builder',
  'watchPatterns',
  'buildCommand',
  'dockerfilePath',
] as const satisfies readonly (keyof BuildConfig)[];
const DEPLOY_KEYS = [
  'startCommand',
  'preDeployCommand',
  'multiRegionConfig',
  'healthcheckPath',
  'healthcheckTimeout',
  'restartPolicyType',
  'restartPolicyMaxRetries',
  'cronSchedule',
  'overlapSeconds',
  'drainingSeconds',
  'requiredMountPath',
] as const satisfies readonly (keyof DeployConfig)[];

/** The stop takes up to ten seconds. */
const LEAST_DRAINING_SECONDS = 11;

async function evaluated(): Promise<{ readonly definition: ProjectDefinition; readonly resources: ResourceNode[] }> {
  const definition = await program(createRailwayContext({ environment: 'production' }), project);
  return { definition, resources: (definition.resources ?? []).flat() };
}

const serviceAmong = (resources: readonly ResourceNode[]): ServiceNode =>
  resources.find((one) => one.type === 'service') ?? assert.fail('there is no service');

test('railway.json has only what Railway reads, and asks for the volume, the health check and time to stop', () => {
  const { $schema, build, deploy, ...others } = railwayJson;
  assert.equal($schema, 'https://railway.com/railway.schema.json');
  assert.deepEqual(others, {}, 'Railway knows build and deploy alone');
  const unknown = (keys: readonly string[], known: readonly string[]) => keys.filter((key) => !known.includes(key));
  assert.deepEqual(unknown(Object.keys(build), BUILD_KEYS), []);
  assert.deepEqual(unknown(Object.keys(deploy), DEPLOY_KEYS), []);
  assert.equal(build.builder, 'DOCKERFILE');
  assert.equal(deploy.healthcheckPath, '/readyz');
  assert.equal(deploy.requiredMountPath, '/app/data');
  assert.equal(deploy.restartPolicyType, 'ON_FAILURE');
  assert.equal(typeof deploy.drainingSeconds, 'number', 'its parser refuses the text that its reference shows');
  assert.ok(deploy.drainingSeconds >= LEAST_DRAINING_SECONDS);
});

test('.railway/railway.ts describes the same deployment: one service with its one volume', async () => {
  const { definition, resources } = await evaluated();
  const graph: RailwayGraph = {
    version: 1,
    project: { name: definition.name },
    environments: [],
    resources,
    edges: [],
  };
  assert.deepEqual(validateGraph(graph), []);
  assert.equal(indexGraph(graph).byAddress.size, 2);
  const { build, deploy, volumeAttachments = {}, variables: env = {} } = serviceAmong(resources);
  assert.deepEqual(build, railwayJson.build);
  const { drainingSeconds, ...same } = railwayJson.deploy;
  assert.deepEqual(deploy, same);
  assert.deepEqual(env['RAILWAY_DEPLOYMENT_DRAINING_SECONDS'], { type: 'literal', value: String(drainingSeconds) });
  const mounts = Object.values(volumeAttachments).map(({ volume, mountPath }) => ({ volume, mountPath }));
  assert.deepEqual(mounts, [{ volume: 'volume.nescordbot-data', mountPath: railwayJson.deploy.requiredMountPath }]);
});

test('.railway/railway.ts leaves every secret where it is, and names no variable that nothing reads', async () => {
  const { variables: env = {} } = serviceAmong((await evaluated()).resources);
  const secrets = Object.entries(variables).filter(([, one]) => 'secret' in one);
  const written = secrets.map(([name]) => name).filter((name) => env[name]?.type !== 'preserve');
  assert.deepEqual(written, [], 'add these with preserve(): `railway config apply` would remove or reveal them');
  const known = new Set([...Object.keys(variables), 'RAILWAY_DEPLOYMENT_DRAINING_SECONDS']);
  assert.deepEqual(
    Object.keys(env).filter((name) => !known.has(name)),
    [],
  );
});

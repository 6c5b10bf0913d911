import type { AlertDesk } from '../../src/health/alert-ports.ts';
import type { Alerts, OpenAlert } from '../../src/health/ports.ts';

/** Shows what the script says is open, and tells nobody. */
export function scriptedDesk(script: {
  readonly alerts: readonly OpenAlert[];
}): AlertDesk & Pick<Alerts, 'settle' | 'announce'> {
  return {
    open: () => script.alerts,
    recent: () => [],
    sinks: () => [],
    test: async () => [],
    mute: () => undefined,
    muted: () => new Map(),
    settle: () => undefined,
    announce: () => undefined,
  };
}

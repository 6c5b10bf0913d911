import { useEffect, useState } from 'preact/hooks';

export interface Signal<Value> {
  get(): Value;
  set(value: Value): void;
  /** In a component: its value, which draws the component again when it is another. */
  use(): Value;
}

/** A value that parts of the page share. */
export function signal<Value>(first: Value): Signal<Value> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const tell of listeners) tell();
    },
    use() {
      const [, draw] = useState(0);
      useEffect(() => {
        const update = (): void => draw((times) => times + 1);
        listeners.add(update);
        update(); // it may have changed between the drawing and now
        return () => void listeners.delete(update);
      }, []);
      return value;
    },
  };
}

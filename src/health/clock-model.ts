/** Why the machine's clock is not believed at the moment. */
export interface ClockDoubt {
  /** `gap`: at the start it was not where the last run left it. `jump`: it moved while the bot ran, and time did not. */
  readonly kind: 'gap' | 'jump';
  /** What the clock says now, and when it was last surely right; milliseconds since the epoch. */
  readonly now: number;
  readonly lastSureAt: number;
  /** By how much it is ahead of an independent clock, or behind it (negative); null while none has been heard. */
  readonly heard: { readonly from: string; readonly aheadMs: number } | null;
  /** False where there is nobody to ask: a person has to say. */
  readonly canAsk: boolean;
}

/** What must not be done under a clock that may be wrong asks here first. */
export interface TrustedClock {
  /** False while it is not certain what time it is: what is deleted because of its age, and cannot be had back, waits. */
  mayDeleteByAge(): boolean;
  /** What the clock said when the doubt began. It names this doubt, over restarts and further jumps; null without one. */
  doubtedSince(): number | null;
  doubt(): ClockDoubt | null;
  /** Where no earlier run left when it was: what was restored to an empty volume is of that time. */
  ranAt(at: number): void;
  /** A person says that the time is right. */
  confirm(): Promise<void>;
}

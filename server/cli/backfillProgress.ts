import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { SyncEntity } from '../../sync/domain/entity.ts';
import type { EntityCounts } from '../../sync/store/backfillRuns.ts';
import type { Output } from './output.ts';

export interface BackfillProgress {
  show(entity: SyncEntity, counts: EntityCounts): void;
  end(): void;
}

const LINE_EVERY_MS = 2_000;

/** A bar for each kind of record on a terminal; JSON lines for programs; nothing where nobody is looking. */
export function openBackfillProgress(output: Output): BackfillProgress {
  if (output.json) return jsonProgress(output);
  if (!process.stderr.isTTY) return { show: () => {}, end: () => {} };
  const bars = new Map<SyncEntity, SingleBar>();
  const all = new MultiBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: false, fps: 4 },
    Presets.shades_classic,
  );
  return {
    show(entity, counts) {
      const bar = bars.get(entity) ?? all.create(counts.total ?? 0, 0, { entity, counts });
      bars.set(entity, bar);
      // Stripe's lists do not say how long they are: without a total the bar only counts.
      if (counts.total !== undefined) bar.setTotal(counts.total);
      bar.update(counts.read, { entity, counts });
    },
    end: () => all.stop(),
  };
}

interface Params {
  progress: number;
  value: number;
  total: number;
}

function format(options: { barsize?: number }, { progress, value, total }: Params, payload: unknown): string {
  const { entity, counts } = payload as { entity: string; counts: EntityCounts };
  const size = options.barsize ?? 40;
  const full = Math.round(size * Math.min(1, progress));
  const bar = total > 0 ? `${'█'.repeat(full)}${'░'.repeat(size - full)} ${value}/${total}` : `${value} read`;
  const done = `${counts.created} made, ${counts.updated} changed, ${counts.skipped} left alone`;
  const rest =
    counts.queued + counts.failed > 0 ? `, ${counts.queued} for a person, ${counts.failed} failed` : '';
  return `${entity.padEnd(12)} ${bar}  ${done}${rest}`;
}

function jsonProgress(output: Output): BackfillProgress {
  let lastAt = 0;
  let pending: (() => void) | undefined;
  return {
    show(entity, counts) {
      pending = () => output.emit({ kind: 'progress', entity, ...counts });
      if (performance.now() - lastAt < LINE_EVERY_MS) return;
      lastAt = performance.now();
      pending();
      pending = undefined;
    },
    end() {
      pending?.();
      pending = undefined;
    },
  };
}

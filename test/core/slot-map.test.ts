import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlotMap } from '../../src/core/slot-map.ts';

test('law: each thing is at its own place while it is there, and places are used again', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), (turns) => {
      const slots = new SlotMap<string>();
      const there = new Map<number, { slot: number; thing: string }>();
      let most = 0;
      for (const [at, who] of turns.entries()) {
        const known = there.get(who);
        if (known) {
          slots.leave(known.slot);
          there.delete(who);
        } else {
          const thing = `${who} at ${at}`;
          there.set(who, { slot: slots.take(thing), thing });
        }
        most = Math.max(most, there.size);
        for (const { slot, thing } of there.values()) expect(slots.at(slot)).toBe(thing);
        expect(slots.values().sort()).toEqual([...there.values()].map(({ thing }) => thing).sort());
        for (const { slot } of there.values()) expect(slot).toBeLessThan(most);
      }
    }),
  );
});

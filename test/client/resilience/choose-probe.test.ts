import { expect, test } from 'vitest';
import { chooseProbe, type ProbeChoice, type Witness } from '../../../src/client/resilience/choose-probe.ts';

const first = (index: number): ProbeChoice => ({ kind: 'probe', index });
const [CALL, WAIT, UNHEARD] = [{ kind: 'call' }, { kind: 'wait' }, { kind: 'unheard' }] as const;

test.each<
  [what: string, suspects: number[], isDoubt: boolean, waiting: number[], witness: Witness, ProbeChoice]
>([
  ['the first who waits, where nobody is suspect', [], false, [7, 8], 'uncalled', first(0)],
  ['the first who is no suspect', [7, 8], false, [8, 7, 9, 10], 'uncalled', first(2)],
  ['somebody called, where only suspects wait', [7, 8], false, [8, 7], 'uncalled', CALL],
  ['somebody called, where nobody waits', [7], false, [], 'uncalled', CALL],
  ['who is on the way', [7, 8], false, [8, 7], 'coming', WAIT],
  ['who comes, called or not', [7, 8], false, [8, 9], 'coming', first(1)],
  ['a suspect, where there is nobody else', [7, 8], false, [8, 7], 'none', first(0)],
  ['whoever comes next, where nobody is there', [7], false, [], 'none', WAIT],
  ['whoever comes next, where nobody is suspect', [], false, [], 'uncalled', WAIT],
  ['in doubt somebody called', [7], true, [], 'uncalled', CALL],
  ['in doubt nobody, rather than a suspect', [7, 8], true, [8], 'none', UNHEARD],
  ['in doubt who is no suspect', [7], true, [9], 'none', first(0)],
])('%s', (_what, suspects, isDoubt, waiting, witness, choice) => {
  expect(chooseProbe(new Set(suspects), isDoubt, waiting, witness)).toEqual(choice);
});

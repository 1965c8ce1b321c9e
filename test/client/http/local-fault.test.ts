import { expect, test } from 'vitest';
import { type LocalFault, localFaultOf, watchLocalFaults } from '../../../src/client/http/local-fault.ts';

test.each<[code: string, fault: LocalFault | undefined]>([
  ['EMFILE', 'files'],
  ['ENFILE', 'files'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate'],
  ['CERT_HAS_EXPIRED', 'certificate'],
  ['CERT_NOT_YET_VALID', 'certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
  ['HOSTNAME_MISMATCH', 'certificate'],
  ['INVALID_CA', 'certificate'],
  // these may pass
  ['ECONNREFUSED', undefined],
  ['ECONNRESET', undefined],
  ['ETIMEDOUT', undefined],
  ['EPROTO', undefined],
  ['ENOTFOUND', undefined],
])('%s is a fault of %s', (code, fault) => {
  expect(localFaultOf(code)).toBe(fault);
});

test('such a fault ends the run and leaves the row pending; others are replies', async () => {
  const told: string[] = [];
  const codes = ['ECONNRESET', 'CERT_HAS_EXPIRED'];
  const attempt = watchLocalFaults(
    async () => ({ kind: 'fault', code: codes.shift() ?? '' }),
    (fault, code) => told.push(`${fault}: ${code}`),
  );
  const request = { method: 'GET', path: '/' } as const;
  expect(await attempt(request)).toEqual({ kind: 'fault', code: 'ECONNRESET' });
  expect(told).toEqual([]);
  expect(await attempt(request)).toEqual({ kind: 'cut' });
  expect(told).toEqual(['certificate: CERT_HAS_EXPIRED']);
});

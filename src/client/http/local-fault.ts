import type { Attempt } from './reply.ts';

/** What keeps every request of this machine from being made, however often it is tried. */
export type LocalFault = 'files' | 'certificate';

/** Codes of faults for want of file descriptors: of this process, of the machine. */
const OUT_OF_FILES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);
/** Codes of Node for a certificate that no authority known here has signed, or that is for another host or another time. */
const CERTIFICATE =
  /^(?:CERT_|ERR_TLS_CERT_|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY)|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|INVALID_(?:CA|PURPOSE)$|HOSTNAME_MISMATCH$)/;

/**
 * Takes a fault of this machine for what it is: neither the row's fault nor an outage, but the end of the run. The
 * attempt counts as cut, so that its row stays pending.
 */
export function watchLocalFaults(
  attempt: Attempt,
  onFault: (fault: LocalFault, code: string) => void,
): Attempt {
  return async (request) => {
    const reply = await attempt(request);
    const fault = reply.kind === 'fault' ? localFaultOf(reply.code) : undefined;
    if (reply.kind !== 'fault' || !fault) return reply;
    onFault(fault, reply.code);
    return { kind: 'cut' };
  };
}

/** Whether a code is that of a fault of this machine, and which. */
export function localFaultOf(code: string): LocalFault | undefined {
  if (OUT_OF_FILES.has(code)) return 'files';
  return CERTIFICATE.test(code) ? 'certificate' : undefined;
}

/**
 * How long a Retry-After header asks to wait, in milliseconds; 0 when there is none. OCI rarely sends one, and then in
 * seconds; the form with a date (RFC 9110, 10.2.3) would depend on both clocks and is not followed.
 */
export function retryAfterMs(header: string | null): number {
  return header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1000 : 0;
}

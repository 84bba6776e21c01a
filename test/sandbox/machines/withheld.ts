/**
 * Capabilities that no process of a machine has, root's neither: they reach the computer itself, past every namespace: its clock, modules,
 * ports, log and alarms (capabilities(7); systemd-nspawn withholds the same). An argument of setpriv.
 */
export const WITHHELD = `--bounding-set=${[
  "sys_time",
  "sys_module",
  "sys_rawio",
  "syslog",
  "wake_alarm",
]
  .map((name) => `-${name}`)
  .join()}`;

/** Icons of the design set, drawn inline so that no font or sprite is fetched. */
import type { JSX } from "react";

const SHAPES = {
  search: (
    <><circle cx="11" cy="11" r="6.5" /><path d="M16 16l4.5 4.5" /></>
  ),
  bell: (
    <><path d="M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15z" /><path d="M10 21.5h4" /></>
  ),
  mute: (
    <><path d="M6 17V11a6 6 0 0 1 9.5-4.9M18 11v6l1.5 2H7" /><path d="M10 21.5h4M4 3l17 17" /></>
  ),
  truck: (
    <><path d="M2.5 17V8.5a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2V17M14.5 10h4l3 3.5V17h-1.5M9.5 17h5M2.5 17H4" /><circle cx="6.750" cy="17.5" r="2.250" /><circle cx="17.5" cy="17.5" r="2.250" /></>
  ),
  tank: (
    <><path d="M3 8.5h18V19a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 19zM9 4.5h6v4M9 4.5v4M3 13.5c2 0 2 1 4 1s2-1 4-1 2 1 4 1 2-1 4-1h2" /></>
  ),
  clock: (
    <><circle cx="12" cy="12" r="8.5" /><path d="M12 7v5l3.5 2" /></>
  ),
  phone: (
    <><path d="M5 3.5h3.5l1.5 4.5-2 1.5a12 12 0 0 0 6.5 6.5l1.5-2 4.5 1.5V19a1.5 1.5 0 0 1-1.5 1.5A16 16 0 0 1 3.5 5 1.5 1.5 0 0 1 5 3.5z" /></>
  ),
  user: (
    <><circle cx="12" cy="8" r="4" /><path d="M4 20.5c.8-4 4-6 8-6s7.2 2 8 6" /></>
  ),
  users: (
    <><circle cx="9" cy="8.5" r="3.5" /><path d="M2.5 20c.6-3.5 3-5.5 6.5-5.5s5.9 2 6.5 5.5M15.5 5.5a3.5 3.5 0 0 1 0 6.5M18 15c2 .8 3 2.5 3.5 5" /></>
  ),
  camera: (
    <><path d="M3 8.5A1.5 1.5 0 0 1 4.5 7H8l1.5-2.5h5L16 7h3.5A1.5 1.5 0 0 1 21 8.5V18a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 18z" /><circle cx="12" cy="13" r="3.5" /></>
  ),
  check: (
    <><path d="M4.5 12.5l5 5 10-11" /></>
  ),
  x: (
    <><path d="M6 6l12 12M18 6L6 18" /></>
  ),
  lock: (
    <><path d="M5.5 11h13v9.5h-13zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11M12 14.5v2.5" /></>
  ),
  wifioff: (
    <><path d="M3 3l18 18M8.5 15.5a5 5 0 0 1 5.5-1M5 12a10 10 0 0 1 5-2.7M2 8.5a15 15 0 0 1 4.5-2.8M22 8.5a15 15 0 0 0-10.5-4M19 12a10 10 0 0 0-2.5-1.8" /><circle cx="12" cy="19" r=".8" /></>
  ),
  pin: (
    <><path d="M12 21.5s-7-6.5-7-11.5a7 7 0 0 1 14 0c0 5-7 11.5-7 11.5z" /><circle cx="12" cy="10" r="2.5" /></>
  ),
  nav: (
    <><path d="M20.5 3.5L3.5 10.5l7 2.5 2.5 7.5z" /></>
  ),
  layers: (
    <><path d="M12 3.5l9 5-9 5-9-5zM3 13l9 5 9-5" /></>
  ),
  plus: (
    <><path d="M12 5v14M5 12h14" /></>
  ),
  minus: (
    <><path d="M5 12h14" /></>
  ),
  right: (
    <><path d="M9 5l7 7-7 7" /></>
  ),
  left: (
    <><path d="M15 5l-7 7 7 7" /></>
  ),
  down: (
    <><path d="M5 9l7 7 7-7" /></>
  ),
  info: (
    <><circle cx="12" cy="12" r="8.5" /><path d="M12 11v5.5M12 7.5v.5" /></>
  ),
  warn: (
    <><path d="M12 3.5L22 20.5H2zM12 10v5M12 17.5v.5" /></>
  ),
  gas: (
    <><path d="M3 9h10a3 3 0 1 0-3-3M3 13h15a3 3 0 1 1-3 3M3 17h7a2 2 0 1 1-2 2" /></>
  ),
  rain: (
    <><path d="M7 14.5a4 4 0 0 1 0-8 5.5 5.5 0 0 1 10.5 1.5 3.3 3.3 0 0 1 0 6.5M8 17.5l-1 3M12.5 17.5l-1 3M17 17.5l-1 3" /></>
  ),
  star: (
    <><path d="M12 3l2.8 5.8 6.2.8-4.5 4.4 1.1 6.3L12 17.2 6.4 20.3 7.5 14 3 9.6l6.2-.8z" /></>
  ),
  doc: (
    <><path d="M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5M9 13h6M9 16.5h6" /></>
  ),
  cal: (
    <><path d="M4 6h16v14.5H4zM4 10.5h16M8.5 3.5V7M15.5 3.5V7" /></>
  ),
  shield: (
    <><path d="M12 3l8 3v6c0 5-3.5 8-8 9.5C7.5 20 4 17 4 12V6z" /></>
  ),
  pause: (
    <><path d="M8 5v14M16 5v14" /></>
  ),
  flag: (
    <><path d="M5 21.5v-18h13l-3 4.5 3 4.5H5" /></>
  ),
  scale: (
    <><path d="M4 20.5h16M12 6v14.5M5 9h14M12 6a2 2 0 1 0 0-.1M5 9l-2.5 5.5h5zM19 9l-2.5 5.5h5z" /></>
  ),
  home: (
    <><path d="M3.5 11L12 4l8.5 7M6 9.5v11h12v-11" /></>
  ),
  list: (
    <><path d="M8.5 6h12M8.5 12h12M8.5 18h12M4 6h.5M4 12h.5M4 18h.5" /></>
  ),
  mic: (
    <><path d="M12 3.5a3 3 0 0 1 3 3V12a3 3 0 0 1-6 0V6.5a3 3 0 0 1 3-3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" /></>
  ),
  redo: (
    <><path d="M4.5 12a7.5 7.5 0 1 0 2.5-5.6M4.5 3.5v4h4" /></>
  ),
  sync: (
    <><path d="M4.5 10a8 8 0 0 1 14-3l1.5 2M20 4.5V9h-4.5M19.5 14a8 8 0 0 1-14 3L4 15M4 19.5V15h4.5" /></>
  ),
  full: (
    <><path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" /></>
  ),
  out: (
    <><path d="M9 20.5H4.5v-17H9M14.5 16.5L19 12l-4.5-4.5M19 12H9" /></>
  ),
  qr: (
    <><path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2" /></>
  ),
  link: (
    <><path d="M9.5 14.5l5-5M8 11l-2.5 2.5a3.5 3.5 0 0 0 5 5L13 16M11 8l2.5-2.5a3.5 3.5 0 0 1 5 5L16 13" /></>
  ),
} satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size }: { name: IconName; size?: number }) {
  const style = size === undefined ? undefined : { width: size, height: size };
  return (
    <svg className="i" viewBox="0 0 24 24" aria-hidden="true" style={style}>
      {SHAPES[name]}
    </svg>
  );
}

// Times on the screen: always in a person's own zone; and Slack's <!date^…> formats.

const formats = new Map();

function formatter(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key);
}

function format(ms, zone, options) {
  return formatter(zone, options).format(new Date(ms));
}

export const tsToMs = (ts) => Number(ts) * 1000;

export function clockTime(ms, zone) {
  return format(ms, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** 'Mon 23 Nov' */
export function shortDay(ms, zone) {
  return format(ms, zone, { weekday: "short", day: "numeric", month: "short" }).replace(",", "");
}

/** 'Monday 23 November 2026, 09:00' */
export function longMoment(ms, zone) {
  const day = format(ms, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  return `${day}, ${clockTime(ms, zone)}`;
}

/** '2026-11-23', the calendar day in that zone. */
export function dayKey(ms, zone) {
  const parts = Object.fromEntries(
    formatter(zone, { year: "numeric", month: "2-digit", day: "2-digit" })
      .formatToParts(new Date(ms))
      .map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

const DAY = 86400000;

function relativeDay(ms, zone, now) {
  const key = dayKey(ms, zone);
  if (key === dayKey(now, zone)) return "Today";
  if (key === dayKey(now - DAY, zone)) return "Yesterday";
  if (key === dayKey(now + DAY, zone)) return "Tomorrow";
  return null;
}

/** The heading above a day's messages: 'Today', 'Yesterday' or 'Monday 23 November'. */
export function dayHeading(ms, zone, now) {
  const sameYear = dayKey(ms, zone).slice(0, 4) === dayKey(now, zone).slice(0, 4);
  const year = sameYear ? {} : { year: "numeric" };
  return (
    relativeDay(ms, zone, now) ||
    format(ms, zone, { weekday: "long", day: "numeric", month: "long", ...year }).replace(",", "")
  );
}

/** How long ago, in words: 'just now', '5 minutes ago', '3 days ago'. */
export function ago(ms, now) {
  const seconds = Math.round((now - ms) / 1000);
  const past = seconds >= 0;
  const size = Math.abs(seconds);
  if (size < 45) return "just now";
  const steps = [
    [60, "minute"],
    [3600, "hour"],
    [86400, "day"],
    [604800, "week"],
    [2629800, "month"],
    [31557600, "year"],
  ];
  const [unit, name] = steps.filter(([length]) => size >= length * 0.9).pop() || steps[0];
  const count = Math.max(1, Math.round(size / unit));
  const words = `${count} ${name}${count === 1 ? "" : "s"}`;
  return past ? `${words} ago` : `in ${words}`;
}

/** Minutes that `zone` is ahead of UTC at that moment. */
export function zoneOffset(ms, zone) {
  const parts = Object.fromEntries(
    formatter(zone, {
      year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    })
      .formatToParts(new Date(ms))
      .map((part) => [part.type, Number(part.value)]),
  );
  const wall = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute);
  return Math.round((wall - Math.floor(ms / 60000) * 60000) / 60000);
}

/** The moment at which the clocks of `zone` show 'YYYY-MM-DD' and 'HH:MM'. */
export function localToMs(date, time, zone) {
  const wall = Date.parse(`${date}T${time}:00Z`);
  // Twice, because the offset itself may change between the guess and the answer (daylight saving).
  const guess = wall - zoneOffset(wall, zone) * 60000;
  return wall - zoneOffset(guess, zone) * 60000;
}

/** Fill in Slack's date pattern, e.g. '{date_short_pretty} at {time}'. */
export function slackDate(seconds, pattern, zone, now) {
  const ms = seconds * 1000;
  const pretty = relativeDay(ms, zone, now)?.toLowerCase();
  const forms = {
    date_num: () => dayKey(ms, zone),
    date_slash: () => format(ms, zone, { day: "2-digit", month: "2-digit", year: "numeric" }),
    date: () => format(ms, zone, { day: "numeric", month: "long", year: "numeric" }),
    date_short: () => format(ms, zone, { day: "numeric", month: "short", year: "numeric" }),
    date_long: () => format(ms, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    time: () => clockTime(ms, zone),
    time_secs: () =>
      format(ms, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
    ago: () => ago(ms, now),
    day_divider_pretty: () => dayHeading(ms, zone, now),
  };
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => {
    const plain = name.replace(/_pretty$/, "");
    if (name !== plain && name !== "day_divider_pretty" && pretty) return pretty;
    const form = forms[name] || forms[plain];
    return form ? form() : whole;
  });
}

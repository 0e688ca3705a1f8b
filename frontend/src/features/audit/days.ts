/** The moment at which a day ("2026-11-22") begins where one is, as the API takes it; "" for none. */
export function atDay(day: string): string {
  const moment = new Date(`${day}T00:00`);
  return Number.isNaN(moment.getTime()) ? "" : moment.toISOString();
}

/** The moment at which it is over. */
export function afterDay(day: string): string {
  const moment = new Date(`${day}T00:00`);
  if (Number.isNaN(moment.getTime())) return "";
  moment.setDate(moment.getDate() + 1);
  return moment.toISOString();
}

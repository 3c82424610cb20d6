/** Where a person's work is, by role. */

const DESK = new Set(["dispatcher", "grid_lead", "analyst", "director", "admin"]);

/** Whether the control room's pages answer to any of these roles. */
export function isDesk(roles: string[]): boolean {
  return roles.length === 0 || roles.some((role) => DESK.has(role));
}

/** The first page after signing in. */
export function homeOf(roles: string[]): string {
  const desk = roles.filter((role) => DESK.has(role));
  if (desk.length > 0) return desk.every((role) => role === "director") ? "/statistics" : "/";
  if (roles.includes("crew")) return "/crew";
  if (roles.includes("patroller")) return "/patrol";
  return roles.includes("plant_keeper") ? "/plant" : "/";
}

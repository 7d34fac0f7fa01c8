/** Parts of a project's settings, each with an address of its own; what they answer stands in the palette too. */
export const settingsSections = [
  { path: "members", title: "Members", about: "Who has which role here?" },
  { path: "rights", title: "Rights", about: "Who may do what, and why?" },
  { path: "machines", title: "Accounts and CI", about: "Which programs act here?" },
  { path: "repository", title: "Repository", about: "Which pushes are run and released?" },
  { path: "secrets", title: "Secrets", about: "What are steps given that nobody sees?" },
  { path: "connections", title: "Connections", about: "Where does the data come from?" },
  { path: "notifications", title: "Notifications", about: "Who is told of what happens here?" },
  { path: "retention", title: "Retention", about: "How long is what was deleted kept?" },
  { path: "ownership", title: "Owner and tier", about: "Whose is it, and how much depends on it?" },
] as const;

export type SettingsSection = (typeof settingsSections)[number]["path"];

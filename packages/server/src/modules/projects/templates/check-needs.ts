/**
 * What a table must be like for a template's training code to learn from it, said before there is a project. The limits
 * are the template's own (`needs` in template.yaml), and the words those of its training code, which sees only the part
 * of the rows that it trains on.
 */
export interface TemplateNeeds {
  /** Different values of the target: so far, templates tell two apart. */
  readonly classes: 2;
  readonly trainingRows: number;
  readonly rowsOfAClass: number;
  /** Share of the rows that the template keeps for the test. */
  readonly testShare: number;
  /** Names of the model's outputs, which no feature may have. */
  readonly reservedNames: readonly string[];
}

/** What is asked of a profiled table. */
export interface TableFacts {
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
  readonly target: TargetFacts | null;
}

interface ColumnFacts {
  readonly name: string;
  readonly type: string;
  readonly missingShare: number;
  readonly flags: readonly { readonly flag: string; readonly reason: string }[];
}

interface TargetFacts {
  readonly distinct: number;
  /** With the share among the rows that have a value. */
  readonly classes: readonly { readonly value: string; readonly share: number }[];
  readonly missingShare: number;
  readonly problems: readonly string[];
}

export interface NeedProblem {
  readonly message: string;
  readonly fix: string;
}

interface Chosen {
  readonly target: string;
  readonly exclude: readonly string[];
  readonly splitBy: string;
}

/** Everything for which training would fail for certain; empty when it may succeed. */
export function checkNeeds(needs: TemplateNeeds, facts: TableFacts, chosen: Chosen): readonly NeedProblem[] {
  const names = facts.columns.map(({ name }) => name);
  if (!names.includes(chosen.target)) {
    return [
      {
        message: `target: expected a column of the table, found '${chosen.target}'`,
        fix: `name one of its columns: ${listing(names)}`,
      },
    ];
  }
  return [...checkTarget(needs, facts, chosen), ...checkFeatures(needs, facts, chosen)];
}

function checkTarget(needs: TemplateNeeds, { rows, target }: TableFacts, chosen: Chosen): readonly NeedProblem[] {
  if (target === null) return [];
  const { distinct, classes } = target;
  if (distinct !== needs.classes) {
    const values = classes.length === 0 ? "" : ` (${listing(classes.map(({ value }) => value).sort())})`;
    const found = distinct === 0 ? "none" : distinct === 1 ? `only ${classes[0]?.value}` : `${distinct}${values}`;
    const why = target.problems.map((problem) => `${problem}. `).join("");
    return [
      {
        message: `target '${chosen.target}': expected two values, found ${found}`,
        fix: `${why}Choose another column, or derive one with yes and no in the SQL`,
      },
    ];
  }
  const known = rows * (1 - target.missingShare);
  const counts = classes.map(({ value, share }) => ({ value, rows: Math.round(known * share) }));
  // By time, all rows of a class may be early ones; by chance, each class gives its share to the test.
  const kept = counts.map((each) => (chosen.splitBy === "" ? trainingRows(each.rows, needs.testShare) : each.rows));
  const isEnough = trainingRows(known, needs.testShare) >= needs.trainingRows;
  if (isEnough && kept.every((count) => count >= needs.rowsOfAClass)) return [];
  const found = counts
    .toSorted((a, b) => (a.value < b.value ? -1 : 1))
    .map(({ value, rows }, index) => `${rows} ${index === 0 ? "rows " : ""}with ${value}`);
  return [
    {
      message:
        `target '${chosen.target}': expected at least ${needs.trainingRows} training rows and ${needs.rowsOfAClass} of each value, ` +
        `found ${found.join(" and ")}, of which ${Math.round(needs.testShare * 100)}% are kept for the test`,
      fix: "give more data",
    },
  ];
}

/** As the step `split` cuts: at least one row on each side. */
const trainingRows = (rows: number, testShare: number) =>
  rows < 2 ? rows : rows - Math.min(rows - 1, Math.max(1, Math.round(rows * testShare)));

function checkFeatures(needs: TemplateNeeds, { columns }: TableFacts, chosen: Chosen): readonly NeedProblem[] {
  const others = columns.filter(({ name }) => name !== chosen.target);
  const reasons = others.map((column) => ({ name: column.name, reason: whyNoFeature(column, chosen) }));
  const features = reasons.filter(({ reason }) => reason === null).map(({ name }) => name);
  if (features.length === 0) {
    const why = reasons.map(({ name, reason }) => `${name}: ${reason}`).join("; ") || "the table has no other column";
    return [
      {
        message: `features: expected at least one column of text, numbers or booleans beside '${chosen.target}', found none (${why})`,
        fix: "add a column that tells something about it, or derive one in the SQL",
      },
    ];
  }
  return features
    .filter((name) => needs.reservedNames.includes(name))
    .map((name) => ({
      message: `features: expected names other than the model's outputs, found a column '${name}'`,
      fix: "rename it in the table or in the SQL",
    }));
}

function whyNoFeature(column: ColumnFacts, { exclude, splitBy }: Chosen): string | null {
  const nested = column.flags.find(({ flag }) => flag === "nested");
  if (nested) return nested.reason;
  if (column.type === "timestamp") return "a time is no feature; derive numbers from it in the SQL";
  if (column.missingShare === 1) return "has no value";
  if (!exclude.includes(column.name) && column.name !== splitBy) return null;
  return column.flags.length === 0 ? "excluded" : column.flags.map(({ reason }) => reason).join("; ");
}

function listing(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}

import type { ComponentPropsWithoutRef } from "react";

/*
 * Rows and cells by their roles: elements of a table need all rows to be there to stand where they belong. What can be
 * focused is in the cells, and the grid itself.
 */

// biome-ignore lint/a11y/useSemanticElements: see above
// biome-ignore lint/a11y/useFocusableInteractive: see above
export const GridRow = (props: ComponentPropsWithoutRef<"div">) => <div role="row" {...props} />;

// biome-ignore lint/a11y/useSemanticElements: see above
// biome-ignore lint/a11y/useFocusableInteractive: see above
export const GridCell = (props: ComponentPropsWithoutRef<"span">) => <span role="gridcell" {...props} />;

// biome-ignore lint/a11y/useSemanticElements: see above
// biome-ignore lint/a11y/useFocusableInteractive: see above
export const GridHeadCell = (props: ComponentPropsWithoutRef<"span">) => <span role="columnheader" {...props} />;

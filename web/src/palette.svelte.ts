/** Whether the command palette is open, and the add sheet that it can open. */

class Palette {
  open = $state(false);
  adding = $state(false);

  show(): void {
    this.open = true;
  }
}

export const palette = new Palette();

/** How wide the screen is: where a table and a list of cards differ in more than style. */

class Screen {
  #query = matchMedia('(min-width: 700px)');
  wide = $state(this.#query.matches);

  start(): () => void {
    const change = () => {
      this.wide = this.#query.matches;
    };
    this.#query.addEventListener('change', change);
    return () => this.#query.removeEventListener('change', change);
  }
}

export const screen = new Screen();

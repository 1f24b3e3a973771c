// Sets the theme before the first paint, so that no page flashes in the wrong one. The app changes it through
// `wakefulTheme`; "auto" follows the system between night and day; paper is always day.
(function () {
  var KEY = 'wakeful.theme';
  var GROUND = { night: '#0c1317', day: '#f2f5f4', neon: '#0b0a24', cyber: '#050b07' };
  var light = matchMedia('(prefers-color-scheme: light)');
  function choice() {
    try {
      var kept = localStorage.getItem(KEY);
      return kept in GROUND ? kept : 'auto';
    } catch (e) {
      return 'auto';
    }
  }
  function show(theme) {
    document.documentElement.dataset.theme = theme;
    document.querySelector('meta[name=theme-color]').content = GROUND[theme];
  }
  function apply() {
    var kept = choice();
    show(kept === 'auto' ? (light.matches ? 'day' : 'night') : kept);
  }
  apply();
  light.addEventListener('change', apply);
  addEventListener('storage', apply);
  addEventListener('beforeprint', function () {
    show('day');
  });
  addEventListener('afterprint', apply);
  window.wakefulTheme = {
    get: choice,
    set: function (theme) {
      try {
        localStorage.setItem(KEY, theme);
      } catch (e) {}
      apply();
    },
  };
})();

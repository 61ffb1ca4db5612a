function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Elements that run, load or redirect by themselves, or that attackers open only to do so. */
export const ACTIVE_ELEMENTS = words(`
  script iframe frame frameset object embed applet base meta link svg math style form img image video audio source body html head
  details marquee bgsound isindex keygen layer ilayer xml portal fencedframe template noscript plaintext xmp foreignobject animate
  animatetransform animatemotion set discard handler listener xss input button select textarea noembed noframes title track menuitem
`);

/** The rest of HTML: an attribute that loads or runs must say that markup is meant. */
export const PLAIN_ELEMENTS = words(`
  a abbr address area article aside b bdi bdo big blink blockquote br canvas caption center cite code col colgroup comment data datalist
  dd del dfn dialog dir div dl dt em fieldset figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i ins kbd label legend li
  main map mark menu meter multicol nav nobr ol optgroup option output p param picture pre progress q rp rt ruby s samp search section
  slot small spacer span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul use var wbr
`);

/** Attributes that load, run or style. */
export const ACTIVE_ATTRIBUTES = words(`
  href src style action formaction background data srcdoc srcset poster xlink:href dynsrc lowsrc datasrc codebase classid code archive
  http-equiv ping manifest implementation attributename folder id class
`);

/** Event handlers: HTML, SVG, and the browsers' own, without `on`. */
export const EVENTS = words(`
  abort activate afterprint afterscriptexecute afterupdate animationcancel animationend animationiteration animationstart auxclick
  beforeactivate beforecopy beforecut beforedeactivate beforeeditfocus beforeinput beforematch beforepaste beforeprint
  beforescriptexecute beforetoggle beforeunload beforeupdate beforexrselect begin blur bounce cancel canplay canplaythrough cellchange
  change click close command compositionend compositionstart compositionupdate contentvisibilityautostatechange contextlost contextmenu
  contextrestored controlselect copy cuechange cut dataavailable datasetchanged datasetcomplete dblclick deactivate devicemotion
  deviceorientation drag dragdrop dragend dragenter dragexit dragleave dragover dragstart drop durationchange emptied end ended error
  errorupdate filterchange finish focus focusin focusout formdata formchange forminput fullscreenchange fullscreenerror gesturechange
  gestureend gesturestart gotpointercapture hashchange help input invalid keydown keypress keyup languagechange layoutcomplete load
  loadeddata loadedmetadata loadend loadstart location losecapture lostpointercapture mediacomplete mediaerror message messageerror
  mousedown mouseenter mouseleave mousemove mouseout mouseover mouseup mousewheel move moveend movestart mozfullscreenchange offline online
  orientationchange outofsync page pagehide pagereveal pageshow pageswap paste pause play playing pointercancel pointerdown pointerenter
  pointerleave pointermove pointerout pointerover pointerrawupdate pointerup popstate progress propertychange ratechange readystatechange
  redo rejectionhandled repeat reset resize resizeend resizestart resume reverse rowdelete rowexit rowinserted rowenter rowsdelete
  rowsinserted scroll scrollend scrollsnapchange scrollsnapchanging search securitypolicyviolation seek seeked seeking select selectionchange
  selectstart show slotchange stalled start stop storage submit suspend syncrestored timeerror timeupdate toggle touchcancel touchend
  touchmove touchstart trackchange transitioncancel transitionend transitionrun transitionstart undo unhandledrejection unload urlflip
  visibilitychange volumechange waiting webkitanimationend webkitanimationiteration webkitanimationstart webkitfullscreenchange
  webkitmouseforcechanged webkitmouseforcedown webkitmouseforceup webkitmouseforcewillbegin webkitplaybacktargetavailabilitychanged
  webkitpresentationmodechanged webkittransitionend webkitwillrevealbottom wheel zoom
`);

"""A camera frame and a known symbol -> a Sighting. Pure: no camera, no thread, no file.

`sighter.Sighter` is the way in; `symbol` verifies the code, `locate` finds it, `stand` finds phones and emptiness,
`screens` tells what a display shows otherwise.
"""

"""Where buttons are on the operator's panel: parts of its width and height."""

PRIMARY = (0.08, 0.92)  # the first of the big buttons at the panel's lower edge
STAND_IS_EMPTY = (0.44, 0.92)  # the third of them
QUEUE = (0.56, 0.92)  # the fourth
CONSENT = (0.5, 0.7)  # the first button of the sheet before a batch
YES_IT_READ_THE_CODE = (0.3, 0.42)  # the first choice of the sheet that asks

/* Nothing is called: the target is linked, and its constructor runs. */

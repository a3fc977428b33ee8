extension Schema {
    /// What is judged of a camera's picture. The histories of cameras name the region that they were learnt in already.
    static let regions = """
        ALTER TABLE printers ADD COLUMN camera_region TEXT NOT NULL DEFAULT '';
        """
}

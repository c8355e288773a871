namespace CogVideoX.Emulator.Syntax;

/// <summary>What follows .loc (PTX ISA 11.6.2).</summary>
internal static class LocationParser
{
    /// <param name="known">places that .loc named before: only there can something be inlined</param>
    public static SourceLocation Parse(TokenReader reader, HashSet<(int File, int Line, int Column)> known)
    {
        int file = reader.ExpectInteger(0, int.MaxValue), line = reader.ExpectInteger(0, int.MaxValue);
        int column = (int)reader.ExpectInteger();
        int outerFile = file, outerLine = line;
        while (reader.TryTake(","))
        {
            string word = reader.ExpectName();
            if (word == "function_name")
            {
                FunctionName(reader);
            }
            else if (word == "inlined_at")
            {
                outerFile = reader.ExpectInteger(0, int.MaxValue);
                outerLine = reader.ExpectInteger(0, int.MaxValue);
                int outerColumn = (int)reader.ExpectInteger();
                if (!known.Contains((outerFile, outerLine, outerColumn)))
                {
                    throw new PtxException(
                        reader.Line, $"inlined_at {outerFile} {outerLine} {outerColumn} names no place of an earlier .loc");
                }
            }
            else
            {
                throw new PtxException(reader.Line, $".loc doesn't know '{word}'");
            }
        }
        known.Add((file, line, column));
        return new SourceLocation(file, line, outerFile, outerLine);
    }

    private static void FunctionName(TokenReader reader)
    {
        reader.ExpectName();
        if (reader.TryTake("+"))
            reader.ExpectInteger();
    }
}

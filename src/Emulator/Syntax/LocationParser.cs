namespace CogVideoX.Emulator.Syntax;

/// <summary>What follows .loc (PTX ISA 11.6.2).</summary>
internal static class LocationParser
{
    public static SourceLocation Parse(TokenReader reader)
    {
        int file = reader.ExpectInteger(0, int.MaxValue), line = reader.ExpectInteger(0, int.MaxValue);
        reader.ExpectInteger();
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
                reader.ExpectInteger();
            }
            else
            {
                throw new PtxException(reader.Line, $".loc doesn't know '{word}'");
            }
        }
        return new SourceLocation(file, line, outerFile, outerLine);
    }

    private static void FunctionName(TokenReader reader)
    {
        reader.ExpectName();
        if (reader.TryTake("+"))
            reader.ExpectInteger();
    }
}

using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Blocks that run once before a loop, and lead nowhere else.</summary>
internal static class Preheaders
{
    /// <summary>The loop's preheader; made if there is none.</summary>
    /// <param name="ways">the ways into the header, as they are now</param>
    public static Block Ensure(Function function, Loop loop, IEnumerable<Way> ways)
    {
        List<Way> outside = [.. ways.Where(w => !loop.Contains(w.From))];
        if (outside is [Way only] && only.From.Terminator!.Edges.Length == 1)
            return only.From;
        return Insert(function, loop.Header, outside);
    }

    /// <summary>Leads these ways into the target through a new block.</summary>
    public static Block Insert(Function function, Block target, List<Way> ways)
    {
        var block = new Block();
        foreach (Value parameter in target.Parameters)
            block.Parameters.Add(new Value(parameter.Type));
        block.Terminator = Terminator.Branch(target.Terminator!.Location, target, [.. block.Parameters]);
        foreach (Way way in ways)
            way.Edge.Target = block;
        function.Blocks.Insert(function.Blocks.IndexOf(target), block);
        return block;
    }
}

using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Counts a loop's iterations by running what one of its exits depends on: pure instructions over the header's parameters that begin
/// with constants.
/// </summary>
internal sealed class TripCount
{
    /// <summary>Loops that run longer stay loops.</summary>
    public const int Max = 1024;

    private const int MaxSlice = 128;

    private readonly Loop loop;
    private readonly List<Way> ways;
    private readonly List<int> parameters = [];
    private readonly List<Instruction> slice = [];
    private readonly HashSet<Value> visited = [];

    private TripCount(Loop loop, List<Way> ways)
    {
        this.loop = loop;
        this.ways = ways;
    }

    /// <summary>
    /// How often the loop goes around before <paramref name="exit"/> (which every iteration passes) leaves it; null if that isn't known
    /// or more than <see cref="Max"/>.
    /// </summary>
    public static int? At(Block exit, Loop loop, ControlFlow flow)
    {
        var count = new TripCount(loop, flow.WaysInto(loop.Header));
        return count.Collect(exit.Terminator!.Selector!) ? count.Run(exit.Terminator) : null;
    }

    private bool Collect(Value value)
    {
        if (value is Constant || !visited.Add(value)) return true;
        if (value.Definition is not { } definition)
        {
            int index = loop.Header.Parameters.IndexOf(value);
            if (index < 0) return false;
            parameters.Add(index);
            return ways.TrueForAll(w => loop.Contains(w.From) ? Collect(w.Edge.Arguments[index]) : w.Edge.Arguments[index] is Constant);
        }
        bool isKnown = definition.IsPure && definition.Results.Length == 1 && definition.Operands.Length > 0
            && definition.Opcode is not (Opcode.Ptx or Opcode.Load) && slice.Count < MaxSlice;
        if (!isKnown || !Array.TrueForAll(definition.Operands, Collect)) return false;
        slice.Add(definition);
        return true;
    }

    private int? Run(Terminator exit)
    {
        var values = new Dictionary<Value, Constant>();
        if (!Enter(w => !loop.Contains(w.From), values)) return null;
        for (int trip = 0; trip <= Max; trip++)
        {
            foreach (Instruction instruction in slice)
            {
                Instruction known = instruction.With(Array.ConvertAll(instruction.Operands, o => (Value)Known(o, values)));
                if (ConstantFolding.Of(known) is not { } result) return null;
                values[instruction.Result] = result;
            }
            Edge taken = exit.Edges[Known(exit.Selector!, values).Bits != 0 ? 0 : 1];
            if (!loop.Contains(taken.Target)) return trip;
            if (!Enter(w => loop.Contains(w.From), values)) return null;
        }
        return null;
    }

    /// <summary>Sets the parameters as the chosen ways do, if these agree.</summary>
    private bool Enter(Func<Way, bool> isChosen, Dictionary<Value, Constant> values)
    {
        var next = new Constant[parameters.Count];
        for (int i = 0; i < next.Length; i++)
        {
            foreach (Way way in ways)
            {
                if (!isChosen(way)) continue;
                Constant argument = Known(way.Edge.Arguments[parameters[i]], values);
                if (next[i] is { } other && !Folding.SameConstant(other, argument)) return false;
                next[i] = argument;
            }
        }
        for (int i = 0; i < next.Length; i++) values[loop.Header.Parameters[parameters[i]]] = next[i];
        return true;
    }

    private static Constant Known(Value value, Dictionary<Value, Constant> values) => value as Constant ?? values[value];
}

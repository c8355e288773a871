using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Counts a loop's iterations by running what one of its exits depends on: pure instructions over the header's parameters that begin
/// with constants. A counter that begins with a bounded unknown, such as a thread's number, is run from both ends of its range: it counts
/// if all starts go around equally often.
/// </summary>
internal sealed class TripCount
{
    /// <summary>Loops that run longer stay loops.</summary>
    public const int Max = 1024;

    private const int MaxSlice = 128;

    /// <summary>Steps and starts below this can't wrap around within <see cref="Max"/> iterations.</summary>
    private const int Step = 1 << 20;

    private readonly Loop loop;
    private readonly List<Way> ways;
    private readonly Bounds bounds;
    private readonly List<int> parameters = [];
    private readonly List<Instruction> slice = [];
    private readonly HashSet<Value> visited = [];
    private bool startsUnknown;

    private TripCount(Loop loop, List<Way> ways, Bounds bounds)
    {
        this.loop = loop;
        this.ways = ways;
        this.bounds = bounds;
    }

    /// <summary>
    /// How often the loop goes around before <paramref name="exit"/> (which every iteration passes) leaves it; null if that isn't known
    /// or more than <see cref="Max"/>.
    /// </summary>
    public static int? At(Block exit, Loop loop, ControlFlow flow, Bounds bounds)
    {
        var count = new TripCount(loop, flow.WaysInto(loop.Header), bounds);
        if (!count.Collect(exit.Terminator!.Selector!) || !count.CollectParameters())
            return null;
        int? trips = count.Run(exit.Terminator, fromLargest: false);
        if (!count.startsUnknown || trips is null)
            return trips;
        return count.IsMonotonous && count.Run(exit.Terminator, fromLargest: true) == trips ? trips : null;
    }

    /// <summary>
    /// Whether starts in between go around as often as the ends do: one counter, to which constants are added, against a constant.
    /// </summary>
    private bool IsMonotonous => parameters.Count == 1 && slice.TrueForAll(i => i.Opcode switch
    {
        Opcode.Add => i.Operands[1] is Constant { Signed: > 0 and < Step },
        Opcode.Compare => i.Operands[1] is Constant && i.Condition is Condition.Lt or Condition.Le or Condition.Ge or Condition.Gt,
        _ => false,
    });

    private bool Collect(Value value)
    {
        if (value is Constant || !visited.Add(value))
            return true;
        if (value.Definition is not { } definition)
        {
            int index = loop.Header.Parameters.IndexOf(value);
            if (index < 0)
                return false;
            parameters.Add(index);
            return true;
        }
        bool isKnown = definition.IsPure && definition.Results.Length == 1 && definition.Operands.Length > 0
            && definition.Opcode is not (Opcode.Ptx or Opcode.Load) && slice.Count < MaxSlice;
        if (!isKnown || !Array.TrueForAll(definition.Operands, Collect))
            return false;
        slice.Add(definition);
        return true;
    }

    /// <summary>What the parameters become, after what depends on them: so each instruction comes after those that it reads.</summary>
    private bool CollectParameters()
    {
        for (int i = 0; i < parameters.Count; i++)
        {
            int index = parameters[i];
            if (!ways.TrueForAll(w => loop.Contains(w.From) ? Collect(w.Edge.Arguments[index]) : CanStart(w.Edge.Arguments[index])))
                return false;
        }
        return true;
    }

    private bool CanStart(Value value)
    {
        if (value is Constant)
            return true;
        startsUnknown = true;
        return value.Type == IrType.I32 && bounds.MaxOf(value) < Step;
    }

    private int? Run(Terminator exit, bool fromLargest)
    {
        var values = new Dictionary<Value, Constant>();
        if (startsUnknown)
        {
            foreach (Way way in ways.Where(w => !loop.Contains(w.From)))
            {
                foreach (int index in parameters)
                {
                    if (way.Edge.Arguments[index] is { } start and not Constant)
                        values[start] = Constant.I32(fromLargest ? (int)bounds.MaxOf(start) : 0);
                }
            }
        }
        if (!Enter(w => !loop.Contains(w.From), values))
            return null;
        for (int trip = 0; trip <= Max; trip++)
        {
            foreach (Instruction instruction in slice)
            {
                Instruction known = instruction.With(Array.ConvertAll(instruction.Operands, o => (Value)Known(o, values)));
                if (ConstantFolding.Of(known) is not { } result)
                    return null;
                values[instruction.Result] = result;
            }
            Edge taken = exit.Edges[Known(exit.Selector!, values).Bits != 0 ? 0 : 1];
            if (!loop.Contains(taken.Target))
                return trip;
            if (!Enter(w => loop.Contains(w.From), values))
                return null;
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
                if (!isChosen(way))
                    continue;
                Constant argument = Known(way.Edge.Arguments[parameters[i]], values);
                if (next[i] is { } other && !Folding.SameConstant(other, argument))
                    return false;
                next[i] = argument;
            }
        }
        for (int i = 0; i < next.Length; i++)
            values[loop.Header.Parameters[parameters[i]]] = next[i];
        return true;
    }

    private static Constant Known(Value value, Dictionary<Value, Constant> values) => value as Constant ?? values[value];
}

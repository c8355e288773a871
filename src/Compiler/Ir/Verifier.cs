using CogVideoX.Compiler.Passes;

namespace CogVideoX.Compiler.Ir;

/// <summary>Checks the rules that passes rely on, and that they must keep. A broken one is a bug of ours, never of the C#.</summary>
internal sealed class Verifier
{
    private readonly Function function;
    private readonly VerifierStage stage;
    private readonly ControlFlow flow;
    private readonly Dominators dominators;
    private readonly Dictionary<Value, (int Block, int Place)> definitions = [];

    private Verifier(Function function, VerifierStage stage)
    {
        this.function = function;
        this.stage = stage;
        CheckBlocks();
        flow = new ControlFlow(function);
        dominators = new Dominators(flow);
    }

    /// <exception cref="InvalidOperationException">a rule is broken; the message says which, and shows the function</exception>
    public static void Check(Function function, VerifierStage stage)
    {
        try
        {
            var verifier = new Verifier(function, stage);
            verifier.CollectDefinitions();
            verifier.CheckUses();
        }
        catch (VerifierException broken)
        {
            throw new InvalidOperationException($"{function.Name}: {broken.Message}\n{IrText.Of(function)}");
        }
    }

    private void CheckBlocks()
    {
        if (function.Blocks.Count == 0)
            throw new VerifierException("a function has an entry");
        if (function.Entry.Parameters.Count > 0)
            throw new VerifierException("the entry has no parameters");
        var known = new HashSet<Block>(function.Blocks);
        if (known.Count < function.Blocks.Count)
            throw new VerifierException("a block is listed twice");
        foreach (Block block in function.Blocks)
        {
            if (block.Terminator is not { } end)
                throw new VerifierException("a block has no end");
            foreach (Edge edge in end.Edges)
            {
                if (!known.Contains(edge.Target))
                    throw new VerifierException("an edge leads to a block that isn't the function's");
                if (edge.Target == function.Entry)
                    throw new VerifierException("an edge leads to the entry");
                CheckArguments(edge);
            }
            CheckSelector(end);
        }
    }

    private static void CheckArguments(Edge edge)
    {
        if (edge.Arguments.Count != edge.Target.Parameters.Count)
            throw new VerifierException($"an edge has {edge.Arguments.Count} arguments for {edge.Target.Parameters.Count} parameters");
        for (int i = 0; i < edge.Arguments.Count; i++)
        {
            if (edge.Arguments[i].Type != edge.Target.Parameters[i].Type)
            {
                throw new VerifierException(
                    $"argument {i} of an edge is {edge.Arguments[i].Type} for a parameter of {edge.Target.Parameters[i].Type}");
            }
        }
    }

    private static void CheckSelector(Terminator end)
    {
        bool isRight = end.Edges.Length <= 1
            ? end.Selector is null
            : end.Selector is { } selector && (selector.Type == IrType.I32 || (selector.Type == IrType.Pred && end.Edges.Length == 2));
        if (!isRight)
            throw new VerifierException($"an end with {end.Edges.Length} edges has the selector {end.Selector?.Type.ToString() ?? "none"}");
    }

    private void CollectDefinitions()
    {
        for (int block = 0; block < flow.Order.Length; block++)
        {
            foreach (Value parameter in flow.Order[block].Parameters)
            {
                if (parameter is Constant || parameter.Definition is not null)
                    throw new VerifierException("a block's parameter is something else too");
                Define(parameter, block, -1);
            }
            List<Instruction> instructions = flow.Order[block].Instructions;
            for (int place = 0; place < instructions.Count; place++)
            {
                Instruction instruction = instructions[place];
                foreach (Value result in instruction.Results)
                {
                    if (result.Definition != instruction)
                        throw new VerifierException($"a result of {instruction.Opcode} has another definition");
                    Define(result, block, place);
                }
                if (instruction.Opcode == Opcode.Local && block != 0)
                    throw new VerifierException("a Local is made outside of the entry");
            }
        }
    }

    private void Define(Value value, int block, int place)
    {
        if (!definitions.TryAdd(value, (block, place)))
            throw new VerifierException("a value is defined twice");
        if (stage != VerifierStage.Frontend && value.Type == IrType.LocalPtr)
            throw new VerifierException("a LocalPtr is left");
    }

    private void CheckUses()
    {
        for (int block = 0; block < flow.Order.Length; block++)
        {
            List<Instruction> instructions = flow.Order[block].Instructions;
            for (int place = 0; place < instructions.Count; place++)
            {
                VerifierTypes.Check(instructions[place], stage);
                foreach (Value operand in instructions[place].Operands)
                    CheckUse(operand, block, place, instructions[place].Opcode.ToString());
            }
            Terminator end = flow.Order[block].Terminator!;
            if (end.Selector is { } selector)
                CheckUse(selector, block, int.MaxValue, "a branch");
            foreach (Edge edge in end.Edges)
            {
                foreach (Value argument in edge.Arguments)
                    CheckUse(argument, block, int.MaxValue, "an edge");
            }
        }
    }

    private void CheckUse(Value value, int block, int place, string user)
    {
        if (value is Constant)
            return;
        if (!definitions.TryGetValue(value, out (int Block, int Place) definition))
        {
            throw new VerifierException(
                $"{user} in b{function.Blocks.IndexOf(flow.Order[block])} reads a value of {value.Type} that is nowhere defined");
        }
        bool isBefore = definition.Block == block ? definition.Place < place : dominators.Dominates(definition.Block, block);
        if (!isBefore)
        {
            throw new VerifierException(
                $"{user} in b{function.Blocks.IndexOf(flow.Order[block])} reads a value that isn't defined on every way there");
        }
    }
}

/// <summary>A rule of the IR is broken; the verifier adds the function's text.</summary>
internal sealed class VerifierException(string message) : Exception(message);

using System.Diagnostics;
using System.Text.Json.Nodes;
using CogVideoX.GpuCheck.Cases;
using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>Each operation on random numbers beside the CPU's form, which gets the same numbers as fp32.</summary>
internal static class OperationsPart
{
    private const int SomeRows = 24;

    public static void Run(CheckOptions options)
    {
        var results = new Results(options.Out, "operations");
        var clock = Stopwatch.StartNew();
        using Ops cpu = Ops.OnCpu();
        foreach (DType type in options.Types)
        {
            using var device = new TriedDevice(options.Device, type);
            foreach (OperationCase operation in AllCases.Of(options.Compared))
                Try(operation, all: true);
            // At their real sizes, some rows of what is made of rows.
            foreach (OperationCase operation in AllCases.Of(options.Real).Where(operation => operation.RowOperand is not null))
                Try(operation, all: false);

            void Try(OperationCase operation, bool all)
            {
                if (clock.Elapsed.TotalSeconds < options.Seconds && options.Case is "" || options.Case == operation.Name)
                    results.Add(Compare(cpu, device, operation, all));
            }
        }
    }

    private static JsonObject Compare(Ops cpu, TriedDevice device, OperationCase operation, bool all)
    {
        DType type = device.Type;
        var line = new JsonObject
        {
            ["case"] = operation.Name,
            ["type"] = type.Name,
            ["sizes"] = operation.Sizes,
            ["rows"] = all ? "all" : $"{SomeRows}",
        };
        try
        {
            int[]? rows = all ? null : Rows(operation);
            float[] actual = OnDevice(device.Ops, operation, type, rows), expected = OnCpu(cpu, operation, type, rows);
            Comparison error = Comparison.Of(actual, expected);
            line["relative"] = Results.Number(error.Relative);
            line["largest"] = Results.Number(error.Largest);
            line["ok"] = error.Relative <= Comparison.Allowed(type);
        }
        catch (Exception exception)
        {
            line["ok"] = false;
            line["failure"] = exception.Message;
            device.Lose();
        }
        return line;
    }

    private static float[] OnDevice(Ops ops, OperationCase operation, DType type, int[]? rows)
    {
        using CaseInputs inputs = CaseInputs.Stored(ops, operation, type);
        Tensor[] results = operation.Run(ops, inputs);
        float[] all = Comparison.AllOf(results);
        return rows is null ? all : Comparison.RowsOf(all, results[0].Shape[operation.RowDimension], rows);
    }

    private static float[] OnCpu(Ops cpu, OperationCase operation, DType type, int[]? rows)
    {
        using CaseInputs inputs = CaseInputs.Widened(cpu, operation, type, rows);
        return Comparison.AllOf(operation.Run(cpu, inputs));
    }

    // The first and the last, and random ones between.
    private static int[] Rows(OperationCase operation)
    {
        Operand operand = operation.Operands.Single(operand => operand.Name == operation.RowOperand);
        int count = operand.Shape[operation.RowDimension];
        var random = new Random(1);
        return [0, count - 1, .. Enumerable.Range(0, SomeRows - 2).Select(_ => random.Next(count))];
    }
}

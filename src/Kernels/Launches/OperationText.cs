using System.Globalization;
using System.Reflection;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.Launches;

/// <summary>What an operation's fields say of it, for people.</summary>
/// <param name="Sizes">Its sizes by name.</param>
/// <param name="Fused">What it does beside what it is named for.</param>
/// <param name="Bytes">Of the blocks that its operands are in, each once.</param>
internal sealed record OperationText(string Sizes, string Fused, long Bytes)
{
    public static OperationText Of<TOperation>(in TOperation operation, OperandBlocks blocks) where TOperation : struct, IOperation
    {
        var found = new Fields();
        found.Add(operation);
        long bytes = found.Addresses.Select(blocks.At).Distinct().Sum(block => block.Bytes);
        return new OperationText(
            string.Join(" ", found.Sizes.Select(size => string.Create(CultureInfo.InvariantCulture, $"{size.Key} {size.Value}"))),
            string.Join(", ", found.Fused), bytes);
    }

    /// <summary>A type's name with its arguments', nested ones without what they are in.</summary>
    public static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name;

    private sealed class Fields
    {
        public OrderedDictionary<string, long> Sizes { get; } = [];

        public List<string> Fused { get; } = [];

        public HashSet<nint> Addresses { get; } = [];

        public void Add(object of)
        {
            foreach (FieldInfo field in of.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                Add(Name(field), field.GetValue(of));
        }

        private unsafe void Add(string name, object? value)
        {
            switch (value)
            {
                case Elements { IsNull: false } operand:
                    Addresses.Add((nint)operand.Address);
                    break;
                case Pointer pointer when Pointer.Unbox(pointer) is not null:
                    Addresses.Add((nint)Pointer.Unbox(pointer));
                    break;
                case LinearEpilogue epilogue:
                    AddFused(epilogue);
                    Add(epilogue);
                    break;
                case RowModulation { IsNull: false } modulation:
                    if (name == "shift")
                        Fused.Add("shift and scale of each modality");
                    Addresses.Add((nint)modulation.Text.Address);
                    Addresses.Add((nint)modulation.Video.Address);
                    break;
                case int or long when value is not (0 or 0L):
                    Sizes.TryAdd(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
                case ValueType nested when value is not (Elements or RowModulation) && IsOurs(value.GetType()):
                    Add(nested);
                    break;
            }
        }

        private void AddFused(LinearEpilogue epilogue)
        {
            (string Name, bool Is)[] parts =
            [
                ("bias", !epilogue.Bias.IsNull), (epilogue.Activation.ToString(), epilogue.Activation != LinearActivation.None),
                ("factor", !epilogue.Factor.IsNull), ("gate of each modality", !epilogue.Gate.IsNull),
                ("residual", !epilogue.Residual.IsNull),
            ];
            foreach ((string part, bool isThere) in parts)
            {
                if (isThere && !Fused.Contains(part))
                    Fused.Add(part);
            }
        }

        private static bool IsOurs(Type type) => !type.IsEnum && type.Assembly == typeof(IOperation).Assembly;

        // A property's, or a parameter's of a primary constructor, stands between angle brackets.
        private static string Name(FieldInfo field) =>
            field.Name.StartsWith('<') ? char.ToLowerInvariant(field.Name[1]) + field.Name[2..field.Name.IndexOf('>')] : field.Name;
    }
}

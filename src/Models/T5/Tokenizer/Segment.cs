namespace CogVideoX.Models.T5;

// A piece as found in normalized text: its id and the bytes it covers.
internal readonly record struct Segment(int Id, int Start, int Length);

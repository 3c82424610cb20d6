export default function CrewApp() { return null; }
